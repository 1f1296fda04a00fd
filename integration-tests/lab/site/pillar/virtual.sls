spillway:
  roles: [munge, chrony_client, nfs_client, users, slurm_compute, clockguard]
  chrony:
    set_clock: true # a guest has a clock of its own
  nfs:
    locks: recover # an absence is longer than the server's lease; each of the demo's files has one writer
    mounts:
      /home: {from: 'ctl:/export/home', via: nfs4}
  slurm:
    node:
      dynamic: true
      # more CPUs than the guest has, see config_overrides in controller.sls
      conf: {CPUs: 4, RealMemory: 600, Feature: virtual}
