{%- set manage = salt['pillar.get']('spillway:packages:manage', true) %}
include:
  - spillway.hosts
  - spillway.munge.service
  - .{{ 'install' if manage else 'config' }}

slurm-compute-service-running:
  service.running:
    - name: slurmd
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      {%- if manage %}
      - sls: spillway.slurm.compute.install
      {%- endif %}
    - watch:
      - file: slurm-compute-unit-file-managed
