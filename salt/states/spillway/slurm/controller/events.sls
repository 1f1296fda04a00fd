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
{%- endif %}

{#- The minion that runs this: not before its answer is on its way. #}
slurm-controller-engine-cmd-run:
  cmd.run:
    - name: sleep 5; systemctl --no-block try-restart salt-minion
    - bg: true
    - order: last
    - onchanges:
      - file: slurm-controller-engine-file-managed
