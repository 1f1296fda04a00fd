{%- set metal = salt['file.file_exists']('/srv/site/metal') %} {#- lab metal up #}
spillway:
  roles: [salt_master, munge, chrony_server, nfs_server, nfs_client, users, slurm_controller]
  chrony:
    servers: []
  nfs:
    core: {allow_set_io_flusher_fail: true} # a machine of the lab may not ask its host's kernel for that
    exports:
      home:
        id: 1
        path: /export/home
        clients: [10.78.0.0/24]
        # the boxes change the files beside NFS: what was read of them is not to be trusted for 60 s
        options: {Attr_Expiration_Time: 1}
    mounts:
      /home: {from: /export/home, via: bind}
  slurm:
    parameters:
      # A guest under emulation has fewer CPUs than it declares, and the machines have no cgroup of their own
      # to give: both are the lab's, on a real site leave them out.
      SlurmdParameters: config_overrides
      ProctrackType: proctrack/linuxproc
      TaskPlugin: task/none
      JobAcctGatherType: jobacct_gather/none
      MinJobAge: 86400 # a test looks at its jobs for as long as it likes
    cgroup: {CgroupPlugin: disabled}
    events: {hooks: [ended, started]}
    nodesets:
      virtual: {Feature: virtual}
    nodes:
      'cn[01-02]': {CPUs: 4, RealMemory: 2000, Feature: physical}
      {%- if metal %}
      cn03: {CPUs: 4, RealMemory: 600, Feature: physical}
      {%- endif %}
    partitions:
      all: {Nodes: 'cn[01-02],{{ 'cn03,' if metal }}virtual', Default: 'YES', MaxTime: INFINITE, State: UP, OverSubscribe: 'NO'}
  master:
    files: [/srv/site/now/states]
    pillars: [/srv/site/now/pillar]
    options:
      worker_threads: 3
      # a guest under emulation is slow, not gone
      timeout: 20
      gather_job_timeout: 15
    api: {host: 10.78.0.10, port: 8000, user: spillway}
    cloud:
      providers:
        lab: {driver: openstack, cloud: spillway}
      profiles:
        htc:
          provider: lab
          image: spillway-node
          size: spillway.small
          network: cluster
          addresses:
            {%- for number in range(1, 9) %}
            vn0{{ number }}: 10.78.0.10{{ number }}
            {%- endfor %}
          minion:
            master: 10.78.0.10
            # Under emulation a process or an import costs a second: all jobs in one process, whose modules
            # are read once, and systemctl without a wrapper (the minion's unit keeps what it started).
            multiprocessing: false
            systemd.scope: false
