# The Slurm half of a box. Its kernel has no NFS client; it sees what ctl exports below /srv/export, as a
# folder of the machine that the lab runs on.
spillway:
  roles: [munge, chrony_client, nfs_client, users, slurm_compute]
  nfs:
    mounts:
      /home: {from: /srv/export/home, via: bind}
