{%- from 'spillway/map.jinja' import spillway with context %}
munge-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.munge.packages | json }}
