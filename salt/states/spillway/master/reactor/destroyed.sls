{#- A server that salt-cloud (or the runner) has removed: Slurm forgets its dynamic node. The module refuses while
    a job is on it, and for a node of slurm.conf; the name is checked there. -#}
destroyed-node-leaves-slurm:
  local.slurm.delete_node:
    - tgt: {{ opts.get('spillway.controller', 'ctl') | json }}
    - tgt_type: list
    - args:
      - name: {{ data['name'] | json }}
