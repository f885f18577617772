"""What code can change about the SDK."""


class Config:
    """Switches for the process in which they are set.

    Attributes:
        silence_multiple_data_transfer_calls_warning: whether a second call of ``get_inputs`` passes
            without a warning.
    """

    silence_multiple_data_transfer_calls_warning = False
