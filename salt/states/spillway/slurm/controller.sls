{#- slurmctld. Its files reach the nodes by Slurm itself (configless). -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set slurm = spillway.slurm %}
include:
  - spillway.hosts
  - spillway.munge

{%- if spillway.packages.manage %}

slurm-controller-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ slurm.controller_packages | json }}
    - require_in:
      - file: slurm-controller-state-file-directory
{%- endif %}

slurm-controller-state-file-directory:
  file.directory:
    - name: {{ slurm.parameters.StateSaveLocation }}
    - user: {{ slurm.parameters.SlurmUser }}
    - mode: '0755'
    - makedirs: true

slurm-controller-log-file-directory:
  file.directory:
    - name: {{ salt['file.dirname'](slurm.parameters.SlurmctldLogFile) }}
    - user: {{ slurm.parameters.SlurmUser }}

slurm-controller-check-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-check-slurm-conf
    - source: salt://spillway/slurm/files/spillway-check-slurm-conf
    - mode: '0755'

{%- if slurm.events.hooks %}

slurm-controller-event-file-managed:
  file.managed:
    - name: /usr/local/libexec/spillway-slurm-event
    - source: salt://spillway/slurm/files/spillway-slurm-event
    - mode: '0755'
    - makedirs: true
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed

slurm-controller-engine-file-managed:
  file.managed:
    - name: /etc/salt/minion.d/spillway-slurm-events.conf
    - source: salt://spillway/slurm/files/slurm-events.conf.jinja
    - template: jinja
    - context:
        slurm: {{ slurm | json }}
    - mode: '0644'
    - makedirs: true

{%- if 'submitted' in slurm.events.hooks %}
{%- set script = '/etc/slurm/job_submit.lua' %}
{%- if salt['file.file_exists'](script) and not salt['file.search'](script, 'Kept by Salt .spillway') %}
{{ raise(script ~ " is the site's own. Move it, and name where it is then in pillar spillway:slurm:events:job_submit:"
         ~ ' it is called by the one of the hook "submitted"') }}
{%- endif %}
{%- if slurm.events.job_submit %}

slurm-controller-own-job-submit-file-exists:
  file.exists:
    - name: {{ slurm.events.job_submit }}
    - require_in:
      - file: slurm-controller-job-submit-file-managed
{%- endif %}

slurm-controller-job-submit-file-managed:
  file.managed:
    - name: {{ script }}
    - source: salt://spillway/slurm/files/job_submit.lua.jinja
    - template: jinja
    - context:
        own: {{ slurm.events.job_submit | json }}
    - mode: '0644'
    - makedirs: true
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed
{%- endif %}

{#- The minion that runs this: not before its answer is on its way. #}
slurm-controller-engine-cmd-run:
  cmd.run:
    - name: sleep 5; systemctl --no-block try-restart salt-minion
    - bg: true
    - order: last
    - onchanges:
      - file: slurm-controller-engine-file-managed
{%- endif %}
{%- if slurm.power_saving.nodes %}

{#- One program that Slurm calls by three names. #}
{%- if spillway.packages.manage %}

slurm-controller-power-pkg-installed:
  pkg.installed:
    - name: python3
    - require_in:
      - file: slurm-controller-power-file-managed
{%- endif %}

slurm-controller-power-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-power
    - source: salt://spillway/slurm/files/spillway-power
    - mode: '0755'
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed
{%- for event in ['resume', 'suspend', 'resume-fail'] %}

slurm-controller-{{ event }}-file-symlink:
  file.symlink:
    - name: /usr/local/sbin/spillway-{{ event }}
    - target: spillway-power
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed
{%- endfor %}

slurm-controller-power-url-file-managed:
  file.managed:
    - name: /etc/spillway/power/url
    - contents: {{ spillway.daemon.url | json }}
    - mode: '0644'
    - makedirs: true
{%- for file, key in {'token': 'token', 'ca.pem': 'certificate'}.items() if key in spillway.daemon %}

slurm-controller-power-{{ file }}-file-managed:
  file.managed:
    - name: /etc/spillway/power/{{ file }}
    - contents_pillar: spillway:daemon:{{ key }}
    - user: {{ slurm.parameters.SlurmUser }}
    - mode: '0400'
    - makedirs: true
    - show_changes: false
{%- endfor %}
{%- endif %}

{%- if slurm.gate.hosts %}
{%- if spillway.packages.manage %}

slurm-controller-gate-pkg-installed:
  pkg.installed:
    - name: python3
    - require_in:
      - file: slurm-controller-gate-file-managed
{%- endif %}

slurm-controller-gate-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-gate
    - source: salt://spillway/slurm/files/spillway-gate
    - mode: '0755'
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed

slurm-controller-gate-conf-file-managed:
  file.managed:
    - name: /etc/spillway/gate/conf
    - source: salt://spillway/slurm/files/gate.conf.jinja
    - template: jinja
    - context:
        gate: {{ slurm.gate | json }}
        daemon: {{ spillway.daemon.url | json }}
    - mode: '0644'
    - makedirs: true
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed
{%- if slurm.gate.start == 'at_once' %}

slurm-controller-gate-at-once-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-gate-at-once
    - source: salt://spillway/slurm/files/spillway-gate-at-once
    - mode: '0755'
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed

slurm-controller-gate-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/spillway-gate.service
    - source: salt://spillway/slurm/files/gate.service.jinja
    - template: jinja
    - context:
        user: {{ slurm.parameters.SlurmUser }}
    - mode: '0644'

{#- It asks slurmctld for the jobs that are there, and waits for the answer as long as need be. #}
slurm-controller-gate-service-running:
  service.running:
    - name: spillway-gate
    - enable: true
    - watch:
      - file: slurm-controller-gate-file-managed
      - file: slurm-controller-gate-conf-file-managed
      - file: slurm-controller-gate-unit-file-managed
    - require_in:
      - file: slurm-controller-slurm.conf-file-managed
{%- endif %}
{%- for file, key in {'token': 'token', 'ca.pem': 'certificate'}.items() if key in spillway.daemon %}

slurm-controller-gate-{{ file }}-file-managed:
  file.managed:
    - name: /etc/spillway/gate/{{ file }}
    - contents_pillar: spillway:daemon:{{ key }}
    - user: {{ slurm.parameters.SlurmUser }}
    - mode: '0400'
    - makedirs: true
    - show_changes: false
{%- endfor %}
{%- endif %}

{#- Nodes first: slurm.conf includes them. A file that Slurm cannot read never replaces one that it can. #}
{%- for file in ['nodes.conf', 'cgroup.conf', 'slurm.conf'] %}

slurm-controller-{{ file }}-file-managed:
  file.managed:
    - name: /etc/slurm/{{ file }}
    - source: salt://spillway/slurm/files/{{ file }}.jinja
    - template: jinja
    - context:
        cluster: {{ spillway.cluster }}
        address: {{ spillway.hosts.entries.get(slurm.controller) | json }}
        slurm: {{ slurm | json }}
    - mode: '0644'
    - makedirs: true
    {%- if file != 'cgroup.conf' %}
    - check_cmd: /usr/local/sbin/spillway-check-slurm-conf {{ file }}
    {%- endif %}
    - require:
      - file: slurm-controller-check-file-managed
{%- endfor %}

slurm-controller-service-running:
  service.running:
    - name: slurmctld
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge
      - file: slurm-controller-nodes.conf-file-managed
      - file: slurm-controller-state-file-directory
      - file: slurm-controller-log-file-directory
    - watch:
      - file: slurm-controller-slurm.conf-file-managed
      - file: slurm-controller-cgroup.conf-file-managed
      {#- Slurm before 23.11 ends itself when a reconfigure brings another number of nodes. #}
      {%- if not slurm.nodes_by_reconfigure %}
      - file: slurm-controller-nodes.conf-file-managed
      {%- endif %}

{#- Takes in new nodes, and after a restart brings the new files to the nodes that are there. #}
slurm-controller-cmd-run:
  cmd.run:
    - name: scontrol reconfigure
    - onchanges:
      - file: slurm-controller-nodes.conf-file-managed
      - file: slurm-controller-slurm.conf-file-managed
      - file: slurm-controller-cgroup.conf-file-managed
    - require:
      - service: slurm-controller-service-running
