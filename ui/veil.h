// A sentence over the whole window, while something hovers over it or the window is about to close.
#pragma once

#include <QWidget>

namespace condenser {

class Veil : public QWidget {
    Q_OBJECT

  public:
    enum class Kind { kSeeThrough, kBlocking };  // whether the mouse still reaches what is below

    Veil(const QString& objectName, Kind kind, QWidget* parent);

    // `welcome` frames the words in the colour of what will be done.
    void showWords(const QString& words, bool welcome);
    QString words() const { return m_words; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QString m_words;
    bool m_welcome = false;
};

}  // namespace condenser
