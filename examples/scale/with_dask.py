"""Dask gives inputs to its workers: with_dask.py IN OUT"""

from common import folders, left, scan_file
from dask.distributed import Client, LocalCluster, wait


def main() -> None:
    source, out = folders()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        jobs = client.map(scan_file, left(source, out), out=out, pure=False)
        wait(jobs)
        client.gather(jobs)


if __name__ == "__main__":
    main()
