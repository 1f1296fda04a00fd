{#- MariaDB on this machine, and in it slurmdbd's database and account. Without a password in the pillar the account is
    that of the user slurmdbd runs as, by its socket. -#}
{%- from 'spillway/slurm/map.jinja' import slurm with context %}
{%- set dbd = slurm.dbd %}
include:
  - .config

slurm-dbd-mariadb-file-managed:
  file.managed:
    - name: {{ dbd.mariadb_conf }}
    - contents: |
        # Kept by Salt (spillway.slurm.dbd).
        [mariadbd]
        {%- for name, value in dbd.mariadb | dictsort if value is not none %}
        {{ name }}={{ value }}
        {%- endfor %}
    - mode: '0644'
    - require:
      - sls: spillway.slurm.dbd.config

slurm-dbd-mariadb-service-running:
  service.running:
    - name: mariadb
    - enable: true
    - watch:
      - file: slurm-dbd-mariadb-file-managed

slurm-dbd-database-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-slurm-database
    - source: salt://spillway/slurm/files/spillway-slurm-database
    - mode: '0755'

slurm-dbd-database-cmd-run:
  cmd.run:
    - name: /usr/local/sbin/spillway-slurm-database make
    - unless: /usr/local/sbin/spillway-slurm-database check
    - require:
      - service: slurm-dbd-mariadb-service-running
      - file: slurm-dbd-database-file-managed
