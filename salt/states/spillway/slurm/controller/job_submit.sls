{#- The script of Slurm's plugin job_submit/lua: tells of submissions; a site's own is called by it. -#}
{%- from 'spillway/slurm/map.jinja' import slurm with context %}
{%- set script = '/etc/slurm/job_submit.lua' %}
{%- if salt['file.file_exists'](script) and not salt['file.search'](script, 'Kept by Salt .spillway') %}
{{ raise(script ~ " is the site's own. Move it, and name where it is then in pillar spillway:slurm:events:job_submit:"
         ~ ' it is called by the one of the hook "submitted" and of the nudge') }}
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
        engine: {{ 'submitted' in slurm.events.hooks }}
        nudge: {{ slurm.nudge | json }}
    - mode: '0644'
    - makedirs: true
