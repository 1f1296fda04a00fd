{#- Users with the same uid and gid everywhere. Their homes are made where the files are: on the NFS server. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- for name, user in spillway.users | dictsort %}
users-{{ name }}-group-present:
  group.present:
    - name: {{ name }}
    - gid: {{ user.get('gid', user.uid) }}

users-{{ name }}-user-present:
  user.present:
    - name: {{ name }}
    - uid: {{ user.uid }}
    - gid: {{ user.get('gid', user.uid) }}
    - home: {{ user.get('home', '/home/' ~ name) }}
    - shell: {{ user.get('shell', '/bin/bash') }}
    - createhome: {{ 'nfs_server' in spillway.roles }}
    - require:
      - group: users-{{ name }}-group-present
{% endfor %}
