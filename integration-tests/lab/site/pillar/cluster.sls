# What all nodes of the lab have in common. What each key means: salt/pillar.example.
spillway:
  cluster: lab
  packages: {manage: false} # in the roots and in the image
  hosts:
    files_only: true # there is no name server
    entries:
      ctl: 10.78.0.10
      cn01: 10.78.0.11
      cn02: 10.78.0.12
      cn03: 10.78.0.13 # lab metal up
      {%- for number in range(1, 9) %}
      vn0{{ number }}: 10.78.0.10{{ number }}
      {%- endfor %}
  chrony:
    servers: [ctl]
    allow: [10.78.0.0/24]
    set_clock: false # the lab's machines share their host's clock
  users:
    alice: {uid: 3001}
  slurm:
    controller: ctl
