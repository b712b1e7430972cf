"""The front-end packages: named in package.json, locked with integrity hashes, fetched at set-up."""
