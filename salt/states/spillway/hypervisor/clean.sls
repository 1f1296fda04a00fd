{#- The guests' weight is again what it was, of those that run, too: systemd gives it anew when it reads its files. -#}
hypervisor-clean-file-absent:
  file.absent:
    - names:
      - /etc/systemd/system/machine.slice.d/spillway.conf
      {#- what `set-property --runtime` wrote #}
      - /run/systemd/system.control/machine.slice.d/50-CPUWeight.conf

hypervisor-clean-module-run:
  module.run:
    - service.systemctl_reload: []
    - onchanges:
      - file: hypervisor-clean-file-absent
