"""The cure for widgets whose clicks and values run on different threads.

JupyterLab 4.6 sends comm messages to subshells of the kernel (its setting `commsOverSubshells`), and ipykernel 7.4
answers to the subshell that asked, so that callbacks run beside the main thread: charts of pyplot were corrupted and
buttons read stale fields. `data/jupyterlab/overrides.d/ecomlab.json` switches the setting off where ecomlab is
installed beside JupyterLab; `cure` does the same in the kernel, for kernels in another environment.
"""

from __future__ import annotations


def cure() -> bool:
    """Brings all comm messages back to the kernel's main thread. Returns whether this kernel had the fault."""
    try:
        from ipykernel.comm.comm import BaseComm
    except ImportError:
        return False
    if not hasattr(BaseComm, "_reply_subshell_for"):
        return False
    BaseComm._reply_subshell_for = lambda self, data, default: None  # type: ignore[method-assign]
    return True
