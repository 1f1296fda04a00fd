include:
  - .config

munge-service-running:
  service.running:
    - name: munge
    - enable: true
    - watch:
      - file: munge-key-file-decode
