{%- from 'spillway/slurm/map.jinja' import slurm with context %}
include:
  - .service
  {%- if slurm.nudge %}
  - .nudge
  {%- endif %}
