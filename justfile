# What a change must pass; CI runs `.ci/run`, which does the same.
ready: fmt lint test doc self-scan python

# Is everything formatted?
fmt:
    cargo fmt --check

# Is the linter silent, also without the command line and git?
lint:
    cargo clippy --locked --all-targets -- -D warnings
    cargo clippy --locked --lib --no-default-features -- -D warnings

# Do all tests pass?
test:
    cargo test --locked

# Does the documentation of the code build without warnings?
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

# Is our own tree clean?
self-scan:
    cargo run --locked --release --quiet -- scan .

# Does the Python module work, with its types, its documents and the small examples?
python *ARGUMENTS:
    scripts/python {{ ARGUMENTS }}

# Run every way in examples/scale on 100,000 blobs, or some WAYS of them, and measure.
scale *WAYS:
    scripts/scale {{ WAYS }}

# Everything, also what takes longer than a change should wait for.
full:
    .ci/run --full

# Build and try the packages of a release, or some PARTS of it; see docs/releasing.md.
dist *PARTS:
    scripts/dist {{ PARTS }}

# Run the pipelines of the documents, and the readers of reports, or some PARTS (act, gitlab, formats) of it.
pipelines *PARTS:
    scripts/pipelines {{ PARTS }}

# Compare with other programs on a tree; see docs/benchmarks.md.
bench TREE:
    cargo bench --locked --bench peers -- "{{ TREE }}"

# Do random repositories, pushes and damages hold? CASES is `full` or a number; see docs/reliability.md.
campaign CASES="full":
    cargo build --locked --release
    SKANNER_CAMPAIGN={{ CASES }} cargo test --locked --release --no-fail-fast --test campaign --test ignore -- --nocapture --test-threads=2
