# cn03, a physical node that is a whole machine: none of the makeshifts of a box.
spillway:
  chrony:
    set_clock: true
  nfs:
    locks: recover
    mounts:
      /home: {from: 'ctl:/export/home', via: nfs4}
