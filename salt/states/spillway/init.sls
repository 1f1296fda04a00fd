{#- All that the pillar's roles ask for, in the order in which a node needs it. -#}
{%- from 'spillway/map.jinja' import spillway, sls_of_role with context %}
{%- for role in spillway.roles if role not in sls_of_role %}
{{ raise('pillar spillway:roles has the unknown role "' ~ role ~ '"; known are: ' ~ sls_of_role | join(' ')) }}
{%- endfor %}
include:
  - spillway.hosts
{%- for role, sls in sls_of_role.items() if role in spillway.roles %}
  - spillway.{{ sls }}
{%- endfor %}
