{#- Takes away what the roles' states have put here, the last first. Data, logs and others' keys stay. -#}
{%- from 'spillway/map.jinja' import spillway, sls_of_role with context %}
{%- set components = [] %}
{%- for role, sls in sls_of_role.items() if role in spillway.roles %}
{%- do components.append(sls | replace('.service', '') | replace('.config', '')) %}
{%- endfor %}
include:
{%- for component in components | unique | reverse %}
  - spillway.{{ component }}.clean
{%- endfor %}
  - spillway.hosts.clean
