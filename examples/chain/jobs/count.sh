#!/bin/bash
#SBATCH --job-name=count --ntasks=1
exec ./count.py "$PWD/count.txt"
