"""The printing process: a payload on stdin, the PDF on stdout."""

import sys

from facilitate.papers import print_here

sys.stdout.buffer.write(print_here(sys.stdin.buffer.read().decode()).data)
