#!/bin/sh
# Tells the team that a release is out.
AWS_SECRET_ACCESS_KEY=M4nHq7cXw2ZbRf9JtLp6YvKd1GsUe8oAiT5xQrEz
export AWS_SECRET_ACCESS_KEY
aws sns publish --message "released $(git rev-parse HEAD)"
