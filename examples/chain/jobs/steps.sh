#!/bin/bash
#SBATCH --job-name=steps --ntasks=1
# A job of many short srun steps: one of them is in flight at almost any moment.
set -e
number=0
: >steps.txt
until [ "$(cat finish)" = yes ]; do
    number=$((number + 1))
    srun --ntasks=1 bash -c "sleep 2; echo $number \$(date +%s.%3N) >>steps.txt"
done
