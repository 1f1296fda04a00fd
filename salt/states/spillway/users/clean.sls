{#- The accounts go, their files stay. Who has a process here is left alone, and the state fails. -#}
{%- for name in salt['pillar.get']('spillway:users', {}) | sort %}
users-clean-{{ name }}-user-absent:
  user.absent:
    - name: {{ name }}
    - purge: false

users-clean-{{ name }}-group-absent:
  group.absent:
    - name: {{ name }}
    - require:
      - user: users-clean-{{ name }}-user-absent
{% endfor %}
