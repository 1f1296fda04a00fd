{#- MariaDB, its packages and the database stay: they are the site's records, and may be others' too. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{{ dead('slurm-dbd-clean', 'slurmdbd') }}

slurm-dbd-clean-file-absent:
  file.absent:
    - names:
      - /etc/slurm/slurmdbd.conf
      - /usr/local/sbin/spillway-slurm-database
      - {{ slurm.dbd.mariadb_conf }}
    - require:
      - service: slurm-dbd-clean-service-dead

{{ removed('slurm-dbd-clean', spillway, slurm.dbd.packages, [{'service': 'slurm-dbd-clean-service-dead'}]) }}
