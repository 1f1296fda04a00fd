base:
  '*': [cluster, secrets.munge]
  'ctl': [controller, secrets.api]
  'cn*': [physical]
  'vn*': [virtual]
  'cn03': [metal]
