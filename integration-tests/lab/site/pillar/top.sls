base:
  '*': [cluster, secrets.munge]
  'ctl': [controller, secrets.api]
  'cn*': [physical]
  'vn*': [virtual]
