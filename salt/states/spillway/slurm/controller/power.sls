{#- Slurm's own power saving: one program that Slurm calls by three names. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/slurm/daemon.jinja' import daemon_files %}
{%- if spillway.packages.manage %}
include:
  - .install
{%- endif %}

slurm-controller-power-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-power
    - source: salt://spillway/slurm/files/spillway-power
    - mode: '0755'
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.slurm.controller.install
    {%- endif %}
{%- for event in ['resume', 'suspend', 'resume-fail'] %}

slurm-controller-{{ event }}-file-symlink:
  file.symlink:
    - name: /usr/local/sbin/spillway-{{ event }}
    - target: spillway-power
{%- endfor %}

slurm-controller-power-url-file-managed:
  file.managed:
    - name: /etc/spillway/power/url
    - contents: {{ spillway.daemon.url | json }}
    - mode: '0644'
    - makedirs: true
{{ daemon_files('power', slurm, spillway.daemon) }}
