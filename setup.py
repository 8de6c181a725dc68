"""Nothing but the program's wheel: this is what pre-commit installs for the hooks that are `language: python`.

The wheel itself is built from packaging/pypi. The version here is that of the newest release.
"""

from setuptools import setup

setup(name="skanner-pre-commit", version="0", packages=[], py_modules=[], install_requires=["skanner==0.1.0"])
