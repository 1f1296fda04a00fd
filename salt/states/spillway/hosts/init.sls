{#- Slurm's daemons wait 10 s for each name that does not resolve: every node that may ever be is here. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
hosts-file-blockreplace:
  file.blockreplace:
    - name: /etc/hosts
    - marker_start: '# spillway: begin, kept by Salt'
    - marker_end: '# spillway: end'
    - append_if_not_found: true
    - content: |
        {%- for name, address in spillway.hosts.entries | dictsort %}
        {{ address }} {{ name }}
        {%- else %}
        # no entries in the pillar
        {%- endfor %}
{%- if spillway.hosts.files_only %}

hosts-nsswitch-file-replace:
  file.replace:
    - name: /etc/nsswitch.conf
    - pattern: '^hosts:.*$'
    - repl: 'hosts: files'
    - append_if_not_found: true
{%- endif %}
