#!/bin/bash
#SBATCH --job-name=array --ntasks=1 --output=array-%a.out
# Long enough that the tasks cannot all run one after the other on the first node.
sleep 6
echo "task $SLURM_ARRAY_TASK_ID on $SLURMD_NODENAME"
