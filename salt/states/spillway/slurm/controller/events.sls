{#- Slurm's hooks that tell Salt's bus, and the engine in the controller's minion. -#}
{%- from 'spillway/slurm/map.jinja' import slurm with context %}
slurm-controller-event-file-managed:
  file.managed:
    - name: /usr/local/libexec/spillway-slurm-event
    - source: salt://spillway/slurm/files/spillway-slurm-event
    - mode: '0755'
    - makedirs: true

slurm-controller-engine-file-managed:
  file.managed:
    - name: /etc/salt/minion.d/spillway-slurm-events.conf
    - source: salt://spillway/slurm/files/slurm-events.conf.jinja
    - template: jinja
    - context:
        slurm: {{ slurm | json }}
    - mode: '0644'
    - makedirs: true

{#- The minion that runs this: not before its answer is on its way. #}
slurm-controller-engine-cmd-run:
  cmd.run:
    - name: sleep 5; systemctl --no-block try-restart salt-minion
    - bg: true
    - order: last
    - onchanges:
      - file: slurm-controller-engine-file-managed
