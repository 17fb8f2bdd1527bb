import pickle

from flask import Flask, request

app = Flask(__name__)


@app.route("/report")
def report():
    saved = pickle.loads(request.data)
    return {"rows": len(saved)}


if __name__ == "__main__":
    app.run(debug=True)
