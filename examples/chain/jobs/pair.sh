#!/bin/bash
#SBATCH --job-name=pair --nodes=2 --ntasks=2 --ntasks-per-node=1
# One task on each of two nodes; srun keeps a connection to both for the job's whole life.
exec srun bash -c 'exec ./count.py "$PWD/pair-$SLURMD_NODENAME.txt"'
