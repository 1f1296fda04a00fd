{%- from 'spillway/map.jinja' import spillway with context %}
nfs-client-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.nfs.client_packages | json }}
