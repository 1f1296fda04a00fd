{%- from 'spillway/map.jinja' import spillway with context %}
chrony-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.chrony.packages | json }}
