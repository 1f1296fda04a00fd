{#- Mounts as systemd's mount units, never as mount.mounted: that state unmounts, if need be lazily and
    under running jobs, when options differ. Here a changed mount comes with the next boot. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/nfs/units.jinja' import unit %}
{%- set nfs = spillway.nfs %}
{%- set over_network = nfs.mounts.values() | rejectattr('via', 'equalto', 'bind') | list %}
{%- set install = spillway.packages.manage and over_network %}
{%- if nfs.locks not in ['none', 'recover', 'nlm'] %}
{{ raise('pillar spillway:nfs:locks is "' ~ nfs.locks ~ '"; it may be none, recover or nlm') }}
{%- endif %}
{%- if install %}
include:
  - .install
{%- endif %}

{#- Before the first mount; the option file serves the next boot, the module's parameter this one. #}
nfs-client-locks-file:
{%- if nfs.locks == 'recover' and over_network %}
  file.managed:
    - name: /etc/modprobe.d/spillway-nfs.conf
    - contents: options nfs recover_lost_locks=1
    - mode: '0644'

nfs-client-locks-cmd-run:
  cmd.run:
    - name: modprobe nfs && echo 1 >/sys/module/nfs/parameters/recover_lost_locks
    - unless: grep -q Y /sys/module/nfs/parameters/recover_lost_locks
    - require:
      - file: nfs-client-locks-file
{%- else %}
  file.absent:
    - name: /etc/modprobe.d/spillway-nfs.conf
{%- endif %}

{%- for path, mount in nfs.mounts | dictsort %}

nfs-client-{{ path }}-file-managed:
  file.managed:
    - name: '/etc/systemd/system/{{ unit(path) }}'
    - source: salt://spillway/nfs/files/mount.jinja
    - template: jinja
    - context:
        where: {{ path }}
        mount: {{ mount | json }}
        locks: {{ nfs.locks }}
    - mode: '0644'
    {%- if install %}
    - require:
      - sls: spillway.nfs.client.install
    {%- endif %}
{%- endfor %}
