{#- Users with the same uid and gid everywhere. Their homes are made where the files are: on the NFS server. -#}
{%- set roles = salt['pillar.get']('spillway:roles', []) %}
{%- for name, user in salt['pillar.get']('spillway:users', {}) | dictsort %}
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
    - createhome: {{ 'nfs_server' in roles }}
    - require:
      - group: users-{{ name }}-group-present
{% endfor %}
