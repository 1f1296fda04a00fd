include:
  - .config

nfs-server-service-running:
  service.running:
    - name: nfs-ganesha
    - enable: true
    - require:
      - sls: spillway.nfs.server.config
    - watch:
      - file: nfs-server-config-file-managed
