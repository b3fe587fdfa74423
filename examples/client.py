"""Ask a running server from Python: ``python examples/client.py [ADDRESS] [QUESTION]``.

Needs ``pip install gradio_client``. Where the server asks for a log-in, set BUDGET_QA_NAME and
BUDGET_QA_PASSWORD.
"""

import os
import sys

from gradio_client import Client


def main(address: str = "http://127.0.0.1:7860/", question: str = "2017年公务接待费是多少？") -> None:
    name, password = os.environ.get("BUDGET_QA_NAME"), os.environ.get("BUDGET_QA_PASSWORD")
    login = (name, password) if name and password else None
    client = Client(address, auth=login, verbose=False, analytics_enabled=False)

    answer = client.predict(question, None, api_name="/ask")
    print(answer["text"])
    for source in answer["citations"]:
        print(f"[{source['n']}] {source['doc']}, page {source['page']}: {source['quote']}")

    for figure in client.predict("公务接待费", None, None, 5, api_name="/search_figures"):
        print(figure["organization"], figure["fiscal_year"], figure["row"], figure["text"], figure["unit"])

    print(client.predict("24.53 / 71.33 * 100", api_name="/calculate")["value"])


if __name__ == "__main__":
    main(*sys.argv[1:])
