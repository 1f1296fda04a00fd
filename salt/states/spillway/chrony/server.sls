{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/chrony/init.jinja' import chronyd %}
{{- chronyd(spillway.chrony, spillway.packages, 'server') }}
