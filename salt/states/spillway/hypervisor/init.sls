{#- A hypervisor that is a physical node of Slurm, too: its guests yield the CPUs by themselves. See docs/tide.md.
    libvirt keeps them in machine.slice; Slurm's jobs and all else are beside that. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{#- `idle` is systemd's since 252; before, the least weight that there is. #}
{%- set idle = grains.get('systemd', {}).get('version', 0) | int >= 252 %}
{%- set weight = {'idle': 'idle' if idle else '1', 'equal': '100'}[spillway.hypervisor.guests] %}
hypervisor-guests-file-managed:
  file.managed:
    - name: /etc/systemd/system/machine.slice.d/spillway.conf
    - contents: |
        # Kept by Salt (spillway.hypervisor).
        [Slice]
        CPUWeight={{ weight }}
    - mode: '0644'
    - makedirs: true

hypervisor-guests-module-run:
  module.run:
    - service.systemctl_reload: []
    - onchanges:
      - file: hypervisor-guests-file-managed

{#- For the guests that run, too. #}
hypervisor-guests-cmd-run:
  cmd.run:
    - name: systemctl set-property --runtime machine.slice CPUWeight={{ weight }}
    - onchanges:
      - file: hypervisor-guests-file-managed
    - require:
      - module: hypervisor-guests-module-run
