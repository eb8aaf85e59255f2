"""Bundles 制度文件包: a policy as readable YAML files read strictly and written canonically."""
