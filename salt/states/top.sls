base:
  '*':
    - spillway
