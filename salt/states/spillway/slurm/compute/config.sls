{#- slurmd, without a slurm.conf of its own: the controller sends it. Known to the controller by a line
    (static) or by its own registration (dynamic); which of them the pillar says, and nothing else differs. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set slurm = spillway.slurm %}
slurm-compute-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/slurmd.service.d/spillway.conf
    - source: salt://spillway/slurm/files/slurmd.conf.jinja
    - template: jinja
    - context:
        foreground: {{ '--systemd' if slurm.release >= 23.02 else '-D' }}
        server: {{ slurm.controller }}:{{ slurm.port }}
        node: {{ slurm.node | json }}
        mounts: {{ (spillway.nfs.mounts if 'nfs_client' in spillway.roles else {}) | sort | json }}
    - mode: '0644'
    - makedirs: true
